"""One function per question people ask, answered for a reader. Views and commands only ask and show."""
