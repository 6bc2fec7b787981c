"""Pictures of what Halfdoor posts, drawn from the payloads that it sends."""
