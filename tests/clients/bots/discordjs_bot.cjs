"use strict";
// The bot of `tests/clients` with discord.js.

const { ActionRowBuilder, ButtonBuilder, ButtonStyle, Client, ComponentType, Events, GatewayIntentBits, SlashCommandBuilder } = require("discord.js");

const intents = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages];
// The library adds the version by itself.
const client = new Client({ intents, rest: { api: process.env.API_URL.replace(/\/v\d+$/, "") } });
const ask = new SlashCommandBuilder()
  .setName("ask")
  .setDescription("Ask")
  .addStringOption((option) => option.setName("question").setDescription("What").setRequired(true));

const form = new SlashCommandBuilder().setName("form").setDescription("A form with every kind of field");

const options = [{ label: "Small", value: "s" }, { label: "Big", value: "b" }];
const KINDS = {
  files: { type: ComponentType.FileUpload, max_values: 2 },
  size: { type: ComponentType.RadioGroup, options },
  days: { type: ComponentType.CheckboxGroup, options },
  sure: { type: ComponentType.Checkbox },
  whom: { type: ComponentType.UserSelect, max_values: 2 },
};

const labelled = ([name, field]) => ({ type: ComponentType.Label, label: name, component: { custom_id: name, ...field } });
const FORM = { title: "Everything", custom_id: "form", components: Object.entries(KINDS).map(labelled) };

/** Return what the library reads in each field. */
function read(fields) {
  return {
    files: [...fields.getUploadedFiles("files").values()].map((file) => `${file.name} ${file.size}`),
    size: fields.getRadioGroup("size"),
    days: fields.getCheckboxGroup("days"),
    sure: fields.getCheckbox("sure"),
    whom: [...fields.getSelectedUsers("whom").values()].map((user) => user.username),
  };
}

const tell = (event) => console.log(JSON.stringify({ event }));

client.once(Events.ClientReady, async () => {
  await client.application.commands.set([ask, form]);
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
  if (interaction.isModalSubmit()) {
    await interaction.reply(JSON.stringify(read(interaction.fields)));
    return;
  }
  if (!interaction.isChatInputCommand()) return;
  if (interaction.commandName === "form") {
    await interaction.showModal(FORM);
    return;
  }
  await interaction.deferReply();
  const yes = new ButtonBuilder().setCustomId("yes").setLabel("Yes").setStyle(ButtonStyle.Primary);
  const content = `${interaction.options.getString("question")}: because`;
  await interaction.editReply({ content, components: [new ActionRowBuilder().addComponents(yes)] });
  tell("answered");
});

client.login(process.env.TOKEN);
