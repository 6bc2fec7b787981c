"""What people see, told once: neutral posts, lines and buttons, which each network prints in its own way."""
