"""What Facebook and Instagram share: Meta's Graph API. No kind of channel by itself."""
