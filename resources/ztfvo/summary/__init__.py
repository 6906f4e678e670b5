"""What is known of an object, here and elsewhere, in single facts and one sentence."""
