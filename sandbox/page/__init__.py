"""The sandbox's page: the local Discord, to be used in a browser.

For example:

    async with open_environment() as env:
        personas = set_up_personas(env)             # the page's people, channels and a second server
        supervisor = BotSupervisor(env)             # starts, stops and kills the bot
        async with Page(env, personas, supervisor) as page:
            await supervisor.start()
            page.address                            # http://127.0.0.1:port/token/
"""
