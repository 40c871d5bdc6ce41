"""What it means: hedges, numbers, intervals, dates, chains. Pure: no database, HTTP or clock."""
