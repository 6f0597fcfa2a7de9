"""What keeps the course true."""
