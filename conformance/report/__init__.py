"""Reports: a verdict, told to a reader; each is a function from what was judged to text."""
