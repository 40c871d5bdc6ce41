"""What it means: hedges, numbers, intervals, dates, agreement. Pure: no database, HTTP, or clock."""
