"""Electronic signatures: who is asked to sign which document, what came of it, and the proof."""
