"""Pages for people, of plain HTML; what they show and do goes through the API's views."""
