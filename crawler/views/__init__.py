"""What is known, as plain data for tables, JSON and exports."""
