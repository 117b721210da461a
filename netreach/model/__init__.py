"""What is configured: AWS's nouns as typed, frozen records, and the Snapshot that holds them."""
