"""Answers as pictures, without any server: a question's own arguments, and what its picture needs to know of the answer."""
