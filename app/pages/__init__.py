"""Pages for people: the API's answers as HTML, rendered on the server."""
