"""New figures in: a template that a person fills in with Excel or WPS, and the adding of what it holds to the tables.

``layout`` says which sheets and columns there are (from the schema), ``template`` writes them, ``reading`` turns a
file into cells, ``rows`` turns cells into rows of the tables, and ``adding`` compares, shows and writes them.
"""
