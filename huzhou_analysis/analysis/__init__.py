"""What follows from it: series, growth, targets, gaps, scenarios, projections, audit."""
