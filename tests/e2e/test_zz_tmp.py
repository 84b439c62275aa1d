import asyncio, time
from tests.e2e.stage import open_stage
async def test_x(tmp_path):
    async with open_stage(f"sqlite:///{tmp_path}/switchboard.db") as stage:
        async with stage.running() as bot:
            for n in range(5):
                await stage.ask(stage.alice, f"n {n}")
            print("sleeping", len(bot.wire._sleeping))
            import bot.display.wire as w
            orig = bot.wire.close
            async def close():
                t=time.monotonic(); await orig(); print("wire.close", time.monotonic()-t)
            bot.wire.close = close
            oc = bot.close
            async def bc():
                t=time.monotonic(); await oc(); print("bot.close", time.monotonic()-t)
            bot.close = bc
            od = bot.desk.service.drain
            t0=time.monotonic()
            async def probe():
                while True:
                    await asyncio.sleep(1)
                    for t in asyncio.all_tasks(): print(t.get_coro(), t.get_stack(limit=3)[-1:] )
            p=asyncio.create_task(probe())
        print("total", time.monotonic()-t0)
        p.cancel()
