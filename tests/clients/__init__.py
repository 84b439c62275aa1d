"""Libraries that are not ours, in processes of their own, against the sandbox's Discord: it is right, or they fail.

To add a library:

1. Write a bot with it in `tests/clients/bots/`. It is told `TOKEN`, `API_URL` (with `/api/v10`) and `GATEWAY_URL` by
   environment variables; point the library at `API_URL`, by its own setting or by replacing the constant of its
   routes. It prints one line of JSON for each event: `{"event": "ready"}` once it is connected and its command is
   registered, `{"event": "answered"}` once it has answered an `ask` and knows its button, `{"event": "resumed"}` for
   each RESUMED. Whatever fails is printed to stderr.
2. The bot registers a global slash command `ask` with a required text option `question`, and

   - replies to each message that mentions it with `one`, and edits that to `one two` and then `one two three`;
   - defers an `ask`, and then edits its response to `<question>: because` with a button `Yes`, custom id `yes`;
   - answers a press by updating the message to `<user name> said yes`, without the button.

3. Have the Makefile install it in `build/clients/<name>`, ending with an empty file `installed` there. A Python
   library needs only its dependency group in `pyproject.toml`, and in `make lock` a line that makes
   `tests/clients/requirements/<name>.txt`. One of npm has `tests/clients/requirements/<name>/package.json` with its
   lock file, which `npm install --package-lock-only` there makes, and a line like discord.js's in the Makefile.
4. Add it to `CLIENTS` in `tests/clients/test_clients.py`.
"""
