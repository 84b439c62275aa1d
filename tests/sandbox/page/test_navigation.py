"""Getting about: the channel is in the address, links lead to messages inside the page, and the drawer of a phone."""

import re

import pytest
from playwright.async_api import Locator

from sandbox.discord import Channel
from sandbox.page.server import Page
from tests.sandbox.page.page_user import PageUser

pytestmark = pytest.mark.asyncio(loop_scope="session")

READ_LINKS = """(links) => import("./address.js").then(({ readLink }) => links.map((link) => {
  const place = readLink(link, location.href);
  return place && [place.server, place.channel, place.message, place.person].join(" ");
}))"""


async def heading(visitor: PageUser, name: str) -> None:
    """Wait until a channel is open."""
    await visitor.page.get_by_role("heading", level=1, name=name, exact=True).wait_for()


async def focused(locator: Locator) -> bool:
    """Whether this has the focus."""
    return bool(await locator.evaluate("each => each === document.activeElement"))


async def is_in_view(visitor: PageUser, shown: Locator) -> bool:
    """Whether a message is within the part of the timeline that is scrolled to."""
    box, frame = await shown.bounding_box(), await visitor.page.locator("#timeline").bounding_box()
    assert box
    assert frame
    return frame["y"] - 1 <= box["y"] and box["y"] + box["height"] <= frame["y"] + frame["height"] + 1


async def test_reload_back_and_forward(visitor: PageUser, room: Channel, server: Page) -> None:
    guild = server.context.env.guild
    assert await visitor.page.title() == f"#{room.name} | Home – Switchboard sandbox"
    assert f"#/channels/{guild.id}/{room.id}" in visitor.page.url
    await visitor.page.reload()
    await heading(visitor, room.name)
    await visitor.enter("games")
    await visitor.enter("staff")
    await visitor.page.go_back()
    await heading(visitor, "games")
    await visitor.page.go_back()
    await heading(visitor, room.name)
    await visitor.page.go_forward()
    await heading(visitor, "games")
    assert await visitor.page.title() == "#games | Home – Switchboard sandbox"
    await visitor.page.get_by_role("button", name="Direct messages").click()
    await heading(visitor, "@Switchboard")
    assert "#/channels/@me/" in visitor.page.url
    await visitor.page.reload()
    await heading(visitor, "@Switchboard")


async def test_back_is_somebody_elses_view_again(visitor: PageUser, server: Page) -> None:
    await visitor.enter("staff")
    await visitor.become("Bob")
    await heading(visitor, "general")
    await visitor.page.reload()
    await heading(visitor, "general")
    you = visitor.page.get_by_label("You are", exact=True)
    assert (await you.locator("option:checked").inner_text()).startswith("Bob")
    await visitor.page.go_back()
    await heading(visitor, "staff")
    assert await you.input_value() == str(server.context.env.alice.id)


async def test_the_address_of_a_channel_that_one_cannot_see(tab: PageUser, server: Page) -> None:
    env = server.context.env
    staff = next(channel for channel in env.guild.channels.values() if channel.name == "staff")
    entrance = server.address
    for place in (f"{env.guild.id}/{staff.id}", f"{env.guild.id}/1", f"@me/{staff.id}/5"):
        tab.address = f"{entrance}#/channels/{place}?as={env.bob.id}"
        await tab.arrive()  # later ones as changes of the address by hand
        await heading(tab, "general")
        await tab.page.get_by_role("alert").get_by_text("You can't see that channel, or it was deleted.").wait_for()
        await tab.page.wait_for_url(f"**#/channels/{env.guild.id}/{env.general.id}?as={env.bob.id}")
        assert await tab.page.locator("#notices .notice").count() == 1


@pytest.mark.parametrize("fragment", ["#text", "#/channels", "#/channels/@me/x", "#/../../x?as=1", "#" + "9" * 3000])
async def test_an_address_that_names_nothing(tab: PageUser, server: Page, fragment: str) -> None:
    tab.address = server.address + fragment
    await tab.arrive()
    await heading(tab, "general")
    assert "#/channels/" in tab.page.url
    assert await tab.page.locator("#notices .notice").count() == 0


async def test_the_channel_that_is_open_is_deleted(visitor: PageUser, server: Page) -> None:
    doomed = server.context.env.guild.add_text_channel("doomed")
    await visitor.enter("doomed")
    doomed.delete()
    await heading(visitor, "general")
    await visitor.page.get_by_role("alert").get_by_text("The channel that was open is gone.").wait_for()
    assert str(doomed.id) not in visitor.page.url


async def test_the_token_is_in_no_request_to_others(visitor: PageUser, server: Page, room: Channel) -> None:
    token = server.address.rstrip("/").rsplit("/", 1)[1]
    await visitor.enter("games")
    await visitor.enter(room.name)
    urls = [visitor.page.url, *visitor.requested]
    assert all(url.split(token)[0] == server.address.split(token)[0] for url in urls)
    # Only what is after the #, which no browser sends, is new in the address.
    assert visitor.page.url.split("#")[0] == server.address
    assert all("channels" not in url.split("#")[0] for url in urls)


async def test_a_link_to_a_message_far_above_and_in_another_channel(
    visitor: PageUser, server: Page, room: Channel
) -> None:
    env = server.context.env
    target = await env.bob.say(room, "the beginning")
    for number in range(150):
        await env.bob.say(room, f"in between {number}")
    link = f"https://discord.com/channels/{env.guild.id}/{room.id}/{target.id}"
    await env.bob.say(env.games, f"see {link} and [the same]({link})")
    await visitor.enter("games")
    shown = await visitor.sees("the same")
    bare = shown.get_by_role("link", name=f"#{room.name} › message")
    assert await bare.get_attribute("target") is None
    await bare.click()
    await heading(visitor, room.name)
    # At once, because the mark does not last.
    await visitor.page.locator("#messages > li.found:focus").filter(has_text="the beginning").wait_for()
    assert await is_in_view(visitor, await visitor.sees("the beginning"))
    assert visitor.page.url.split("#")[1].startswith(f"/channels/{env.guild.id}/{room.id}/{target.id}")
    await visitor.page.go_back()
    await (await visitor.sees("the same")).get_by_role("link", name="the same").press("Enter")
    assert await is_in_view(visitor, await visitor.sees("the beginning"))
    # The same address is jumped to again, after a reload, and after one has scrolled away.
    await visitor.page.reload()
    assert await is_in_view(visitor, await visitor.sees("the beginning"))


async def test_the_original_of_a_reply(visitor: PageUser, server: Page, room: Channel) -> None:
    bob = server.context.env.bob
    await visitor.enter("games")
    original = await bob.say(room, "the original")
    for number in range(120):
        await bob.say(room, f"in between {number}")
    await bob.say(room, "the reply", reply_to=original)
    await visitor.enter(room.name)
    link = (await visitor.sees("the reply")).get_by_role("link", name="Bob the original")
    assert await visitor.page.locator(f"#message-{original.id}").count() == 0
    await link.click()
    found = visitor.page.locator(f"#message-{original.id}")
    await found.wait_for()
    assert await is_in_view(visitor, found)


async def test_links_that_lead_to_nothing_here(visitor: PageUser, server: Page, room: Channel) -> None:
    env = server.context.env
    staff = next(channel for channel in env.guild.channels.values() if channel.name == "staff")
    hidden = await env.alice.say(staff, "secret")
    gone = await env.alice.say(room, "gone")
    await env.alice.delete(gone)
    base = f"https://discord.com/channels/{env.guild.id}"
    foreign = "https://discord.com/channels/81384788765712384/381887113391505410/1"
    await env.alice.say(
        room, f"[hidden]({base}/{staff.id}/{hidden.id}) [gone]({base}/{room.id}/{gone.id}) [foreign]({foreign})"
    )
    await visitor.become("Bob")
    await visitor.enter(room.name)
    shown = await visitor.sees("foreign")
    await shown.get_by_role("link", name="hidden").click()
    await visitor.page.get_by_role("alert").get_by_text("You can't see that channel, or it was deleted.").wait_for()
    await shown.get_by_role("link", name="gone").click()
    await visitor.page.get_by_role("alert").get_by_text("That message was deleted.").wait_for()
    link = shown.get_by_role("link", name="foreign")
    assert await link.get_attribute("target") == "_blank"
    assert "noopener" in (await link.get_attribute("rel") or "").split()
    assert await link.get_attribute("href") == foreign


async def test_which_links_lead_to_a_message(visitor: PageUser, server: Page) -> None:
    links = {
        "https://discord.com/channels/1/2/3": "1 2 3 ",
        "https://ptb.discord.com/channels/1/2": "1 2  ",
        "https://canary.discordapp.com/channels/@me/2/3/": "@me 2 3 ",
        f"{server.address}#/channels/1/2/3?as=4": "1 2 3 4",
        "http://discord.com/channels/1/2/3": None,
        "https://discord.com.evil.example/channels/1/2/3": None,
        "https://discord.com/channels/1/2/3/4": None,
        "https://evil.example/#/channels/1/2/3": None,
        "https://discord.com/channels/1/javascript:x": None,
        "javascript:location='https://discord.com/channels/1/2/3'": None,
        "no link": None,
    }
    assert await visitor.page.evaluate(READ_LINKS, list(links)) == list(links.values())


async def test_a_channels_mention_and_the_skip_link(visitor: PageUser, server: Page, room: Channel) -> None:
    env = server.context.env
    await env.bob.say(room, f"come to {env.games.mention}")
    await (await visitor.sees("come to")).get_by_role("link", name="#games").click()
    await heading(visitor, "games")
    await visitor.page.locator(".skip").focus()
    await visitor.page.keyboard.press("Enter")
    assert await visitor.text.evaluate("box => box === document.activeElement")
    await heading(visitor, "games")


async def test_the_drawer_of_a_phone(tab: PageUser, room: Channel) -> None:
    await tab.page.set_viewport_size({"width": 390, "height": 780})
    await tab.arrive()
    toggle = tab.page.get_by_role("button", name="Servers and channels")
    channels = tab.page.get_by_role("navigation", name="Channels")

    await toggle.press("Enter")
    await channels.wait_for()
    assert await focused(channels.get_by_role("button", name="general"))
    assert await toggle.get_attribute("aria-expanded") == "true"
    await tab.page.keyboard.press("Escape")
    await channels.wait_for(state="hidden")
    assert await focused(toggle)
    await toggle.click()
    await channels.wait_for()
    # A tap beside it closes it and does nothing else, not even on the message box.
    await tab.page.mouse.click(370, 750)
    await channels.wait_for(state="hidden")
    assert await focused(toggle)
    assert await toggle.get_attribute("aria-expanded") == "false"
    await toggle.click()
    await channels.get_by_role("button", name=room.name).press("Enter")
    await channels.wait_for(state="hidden")
    await heading(tab, room.name)
    assert await focused(tab.page.locator("#timeline"))
    await toggle.click()
    await channels.wait_for()
    await tab.page.set_viewport_size({"width": 1280, "height": 780})
    await tab.text.fill("the room can be used again")


async def test_entries_name_their_app(visitor: PageUser, room: Channel) -> None:
    await visitor.write("is anything on the moon?")
    await (await visitor.sees("is anything on the moon?")).get_by_role("button", name="More").click()
    entry = visitor.page.get_by_role("menuitem", name=re.compile("^Apps: .*Switchboard$")).first
    await entry.wait_for()
    await visitor.page.keyboard.press("Escape")
