"""What is shown: exhibits, the one description of a chart, the roles of marks, and their renderers."""
