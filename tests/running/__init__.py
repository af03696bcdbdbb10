"""How the tests are run: which runs there are, on which servers, and several of them at a time."""
