"""Frame → SQL tree: measures, conditions and joins of a query in which no row counts twice."""
