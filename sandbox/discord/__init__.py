"""A faithful local Discord: REST v10 and gateway v10 over loopback, and the people who use it.

For example:

    async with Discord() as discord:
        app = discord.create_application("Switchboard", owner="robin", message_content=False)
        alice, bob = discord.create_user("alice"), discord.create_user("bob")
        guild = discord.create_guild("Home", alice, bob)          # alice owns it
        guild.add_bot(app)                                        # optionally: permissions=Permission(...)
        general = guild.add_text_channel("general")

        # Point a bot at it: DISCORD_TOKEN=app.token, DISCORD_API_URL=discord.api_url,
        # DISCORD_GATEWAY_URL=discord.gateway_url; then
        await discord.bot_ready(app, readies=1, syncs=1)

        question = await alice.say(general, f"{app.bot.mention} hello", attachments=[("a.png", b"...")])
        answer = await general.next_message(by=app.bot, after=question)
        await answer.wait_until(shows="done")                     # the first frame that contains it
        await answer.settled(quiet=0.5)                           # no edit for half a second
        answer.content, answer.frames, answer.pinged, answer.replied_to, answer.embeds, answer.components

        shown = await alice.slash(general, "chatbase ask", question="why?")   # NotVisible, BadOption; force=True
        await shown.wait_until(shows="because")                   # the message, once it thinks no longer
        shown.answered, shown.kind, shown.content, shown.ephemeral, shown.thinking, shown.followups, shown.modal
        choices = await alice.autocomplete(general, "settings story", "value", "typed")
        pressed = await alice.press(answer, "Yes")                # label, emoji or custom id
        await alice.choose(answer, "menu placeholder", "label")
        form = await alice.use_menu(question, "Ask about this")   # message menu; on a person: place=general
        await alice.submit(form, {"Question": "what is it?"})     # label or custom id; a list, bool or files for others

        ballot = await alice.say(general, poll=Poll("Red?", ("Yes", "No")))    # or stickers=["Wave"]
        await alice.forward(ballot, alice.dm(app)); await alice.pin(question)  # the latter makes a system message
        await alice.edit(question, "other"); await alice.delete(question); await alice.type(general)
        app.switch_message_content(on=True)                       # the intent, from the next session on
        app.install_for(alice)                                    # her own: also where the bot is no member
        guild.blocked_keywords = ("badword", "*spam*")            # AutoMod refuses messages and edits: 400, 200000
        group = discord.create_group(alice, bob, carol); alice.dm(bob)
        role = guild.add_role("managers", Permission.MANAGE_GUILD); guild.member(bob).set_roles([role])
        general.overwrite(app.bot, deny=Permission.SEND_MESSAGES)  # allow= and deny=; again without both to lift it
        carol = discord.create_user("carol", accepts_dms=False); guild.add_member(carol, role); guild.remove(carol)
        chat = alice.dm(app)                                      # then alice.say(chat, ...)
        thread = await alice.start_thread(general, "aside", message=question)
        post, first = await alice.post(guild.add_forum("help"), "a title", "its text")
        guild.add_voice_channel("lounge"), guild.add_stage_channel("talks")   # both have a chat
        guild.add_announcement_channel("news")                    # its threads have a type of their own
        await alice.close_thread(thread, locked=True); await alice.lock_thread(thread)  # the latter leaves it open
        await alice.reopen_thread(thread)                         # as a message there would
        general.slow_mode = 30                                    # seconds between two messages of one person
        guild.member(app.bot).time_out(60)                        # it reads, and does nothing else
        general.visible_to(bob)                                   # without others' ephemeral messages
        general.is_typing(app.bot)

        discord.fail_next("POST", "/channels/{channel_id}/messages", 403, code=50013)
        discord.rate_limit("POST", "/typing", 3600, scope="shared")  # for an hour of its clock, or times=2
        discord.faults.limit_old_edits(600)                       # 429, code 30046 for messages older than an hour
        discord.faults.answer_nonsense("POST", "/messages", b"{")  # carried out, or with breaks_off=True never whole
        held = discord.hold(lambda record: record.method == "PATCH", carried_out=True)  # the answer waits
        await held.arrived(); held.let_go()
        discord.faults.slow_down("PATCH", "/messages/{message_id}", 0.3)
        await discord.disconnect(code=4000)                       # None: cut off without a close frame
        discord.invalidate_sessions(); discord.gateway.ask_to_reconnect(); discord.gateway.request_heartbeats()
        discord.gateway.breaks.resume = breaks.close(4000)        # each one, or cut, invalidate, ask_to_reconnect
        discord.gateway.breaks.identify = breaks.invalidate(resumable=False)
        discord.gateway.resume_url = discord.dead_gateway_url     # what READY says from now on
        discord.gateway.attempts.dials                            # .dead_dials .identifies .resumes: when, in seconds
        app.session_starts.remaining, .reset_after, .total, .max_concurrency  # as GET /gateway/bot tells them; ms
        app.shards = 2; app.session_starts.interval = 0           # recommended; seconds between two IDENTIFYs, 5
        discord.create_guild("Third", alice, shard=(2, 4))        # whose events come over shard 2 of 4
        discord.gateway.max_guilds_per_shard = 1                  # a session of more servers is closed: 4011
        await discord.go_down(); await discord.come_back()        # same port
        discord.limits.enabled = False                            # or .change(CREATE_MESSAGES, count=1, window=60)
        discord.advance(15 * 60)                                  # tokens expire, limits refill

        discord.requests.to("PATCH", "/channels/{channel_id}/messages/{message_id}")   # .at .body .status .code
        assert not discord.unknown_routes and not discord.rate_limited
        discord.limits.buckets.values()                           # .name .limit.count .remaining(now) .reset
        async with discord.subscribe() as changes: ...            # the feed for a page
"""

from sandbox.discord.limits.request_log import RequestRecord
from sandbox.discord.model.change_log import Change
from sandbox.discord.model.channels import Channel, ChannelType
from sandbox.discord.model.guilds import BOT_DEFAULT, Guild, Member, Role
from sandbox.discord.model.interactions import Interaction
from sandbox.discord.model.messages import Attachment, Frame, Message, MessageFlag, Poll
from sandbox.discord.model.permissions import Permission
from sandbox.discord.model.users import Application, User
from sandbox.discord.people.errors import BadOption, NotPossible, NotVisible
from sandbox.discord.people.person import Person
from sandbox.discord.server import Discord

__all__ = [
    "BOT_DEFAULT",
    "Application",
    "Attachment",
    "BadOption",
    "Change",
    "Channel",
    "ChannelType",
    "Discord",
    "Frame",
    "Guild",
    "Interaction",
    "Member",
    "Message",
    "MessageFlag",
    "NotPossible",
    "NotVisible",
    "Permission",
    "Person",
    "Poll",
    "RequestRecord",
    "Role",
    "User",
]
