"""Every word a person reads, in their language. One file a language: `en.po` names all texts.

`de` says *Sie*; a file such as `de@du.po` holds only what it says otherwise.
"""
