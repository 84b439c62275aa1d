// What the message box suggests for the text before the caret: commands, people, roles or channels.

/** Return the suggestions; `insert(start, name)` takes a name, `enterCommand(command)` a command. */
export async function complete(before, { app, insert, enterCommand, found }) {
  if (/^\/[^\n]*$/.test(before)) return completeCommand(before.slice(1).toLowerCase(), { app, enterCommand, found });
  const begun = /(?:^|\s)([@#])([^@#\n]{0,32})$/.exec(before);
  if (!begun) return [];
  const [sign, typed] = [begun[1], begun[2].toLowerCase()];
  const start = before.length - typed.length - 1;
  return (sign === "@" ? mentionable(app.state) : channels(app.state))
    .filter((each) => each.name.toLowerCase().startsWith(typed))
    .map(({ name, about, mark }) => ({ label: sign + name, about, run: () => insert(start, sign + name, mark) }));
}

async function completeCommand(typed, { app, enterCommand, found }) {
  const commands = await offeredCommands(app);
  found(commands);
  return commands
    .filter((each) => each.name.includes(typed))
    .map((each) => ({ label: `/${each.name}`, about: each.about, from: app.state.userName(each.bot), run: () => enterCommand(each) }));
}

/** Return the slash commands that the person is offered in the open channel. */
export async function offeredCommands(app) {
  const result = await app.request("commands", { channel: app.state.channelId });
  return result?.commands ?? [];
}

function mentionable({ members, guild, me }) {
  const people = members.filter((each) => each.id !== me).sort((one, other) => Number(other.bot) - Number(one.bot));
  return [
    ...people.map((each) => ({ ...each, about: each.bot ? "bot" : "", mark: `<@${each.id}>` })),
    ...(guild?.roles ?? []).map((role) => ({ ...role, about: "role", mark: `<@&${role.id}>` })),
  ];
}

function channels({ guild }) {
  return (guild?.channels ?? []).map((each) => ({ ...each, about: each.topic, mark: `<#${each.id}>` }));
}
