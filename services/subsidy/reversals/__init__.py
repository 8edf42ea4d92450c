"""What two persons take back: another person decides what was proposed, and each room takes its own thing back."""
