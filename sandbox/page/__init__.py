"""The sandbox as a page: everything that one does in Discord, in a browser, against the local one.

For example:

    async with open_stage() as stage:
        cast = furnish(stage)                       # the page's people, channels and a second server
        keeper = BotKeeper(stage)                   # starts, stops and kills the bot; tells the feed
        async with Page(stage, cast, keeper) as page:
            await keeper.start()
            page.address                            # http://127.0.0.1:port/token/
"""
