"""Writers: one module for each format, all bound from the same exhibits."""
