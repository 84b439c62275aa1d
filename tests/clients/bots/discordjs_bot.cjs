"use strict";
// The bot of `tests/clients` with discord.js.

const { ActionRowBuilder, ButtonBuilder, ButtonStyle, Client, Events, GatewayIntentBits, SlashCommandBuilder } = require("discord.js");

const intents = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages];
// The library adds the version by itself.
const client = new Client({ intents, rest: { api: process.env.API_URL.replace(/\/v\d+$/, "") } });
const ask = new SlashCommandBuilder()
  .setName("ask")
  .setDescription("Ask")
  .addStringOption((option) => option.setName("question").setDescription("What").setRequired(true));

const tell = (event) => console.log(JSON.stringify({ event }));

client.once(Events.ClientReady, async () => {
  await client.application.commands.set([ask]);
  tell("ready");
});

client.on(Events.ShardResume, () => tell("resumed"));

client.on(Events.MessageCreate, async (message) => {
  if (message.author.bot || !message.mentions.users.has(client.user.id)) return;
  const reply = await message.reply("one");
  await reply.edit("one two");
  await reply.edit("one two three");
});

client.on(Events.InteractionCreate, async (interaction) => {
  if (interaction.isButton()) {
    await interaction.update({ content: `${interaction.user.username} said yes`, components: [] });
    return;
  }
  if (!interaction.isChatInputCommand()) return;
  await interaction.deferReply();
  const yes = new ButtonBuilder().setCustomId("yes").setLabel("Yes").setStyle(ButtonStyle.Primary);
  const content = `${interaction.options.getString("question")}: because`;
  await interaction.editReply({ content, components: [new ActionRowBuilder().addComponents(yes)] });
});

client.login(process.env.TOKEN);
