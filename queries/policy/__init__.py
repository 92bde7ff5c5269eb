"""What the questions about policy documents share: which document, which units, which things, what is open."""
