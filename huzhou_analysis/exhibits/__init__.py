"""Exhibits by theme: each function answers one question from the data and returns an Exhibit in both languages."""
