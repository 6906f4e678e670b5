"""Pages for people, of plain HTML, made by the functions and under the rules of the API."""
