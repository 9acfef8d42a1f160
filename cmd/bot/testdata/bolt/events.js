// What is said, and what stands in a message when somebody presses.
const plain = (text) => ({ type: "plain_text", text });

module.exports = (app) => {
  app.message("hello", async ({ message, say, client }) => {
    await client.reactions.add({ channel: message.channel, timestamp: message.ts, name: "wave" });
    await say({ text: `Hey there <@${message.user}>!`, blocks: [
      { type: "input", block_id: "mood", label: plain("Mood"), element: { type: "plain_text_input", action_id: "text" } },
      { type: "actions", block_id: "e", elements: [
        { type: "static_select", action_id: "size", options: [{ text: plain("Small"), value: "s" }, { text: plain("Large"), value: "l" }] },
        { type: "button", action_id: "tell", text: plain("Tell") }] }] });
  });
  app.action("size", async ({ ack }) => { await ack(); });
  app.action("tell", async ({ ack, body, say }) => {
    await ack();
    const { mood, e } = body.state.values;
    await say({ text: `mood ${mood.text.value}, size ${e.size.selected_option.value}`, thread_ts: body.message.ts });
  });
  app.event("app_mention", async ({ event, client }) => {
    const { channels } = await client.conversations.list();
    const { team } = await client.team.info();
    await client.chat.postMessage({ channel: event.channel, thread_ts: event.ts, text: `${team.name} has ${channels.map((c) => c.name).join(" ")}` });
  });
  app.event("reaction_added", async ({ event, client }) => {
    if (event.reaction === "tada") await client.chat.postMessage({ channel: event.item.channel, thread_ts: event.item.ts, markdown_text: "**a party**" });
  });
};
