/** Common emoji by group, each one grapheme, separated by spaces. */
export const GROUPS = {
  faces: "😀 😃 😄 😁 😅 😂 🤣 😊 🙂 😉 😍 🥰 😘 😋 😎 🤩 🥳 😏 😌 😴 🤔 🤨 😐 🙄 😬 😮 😲 😳 🥺 😢 😭 😤 😠 🤯 😱 😓 🤗 🤭 🤫 🤒 🤕 🥵 🥶 🤝 💩 👻 🤖",
  hands: "👍 👎 👌 ✌️ 🤞 🤙 👏 🙌 👐 🤲 🙏 💪 👊 ✊ 👋 🖐️ ☝️ 👉 👈 🤷 🤦 🙋 🙆 🙅",
  hearts: "❤️ 🧡 💛 💚 💙 💜 🖤 🤍 💔 💕 💖 💯 ✅ ❌ ❗ ❓ ⭐ 🌟 ✨ 🔥 💥 🎉 🎊",
  sport: "🏋️ 🏃 🚶 🚴 🏊 🧘 🤸 🤾 ⛹️ 🚣 🧗 ⚽ 🏀 🏈 🎾 🏐 🥊 🥇 🥈 🥉 🏆 🎯 ⏱️ 🛌 💤",
  food: "🍎 🍌 🍓 🥑 🥦 🥕 🥗 🍗 🥩 🍳 🐟 🍚 🍝 🍞 🍕 🍔 🍟 🍫 🍰 🍺 🍷 ☕ 🍵 🥛 💧",
  nature: "☀️ 🌤️ 🌧️ ⛈️ ❄️ 🌈 🌙 🌊 🌱 🌳 🌸 🌹 🐶 🐱 🐻 🦁 🐢 🐝 🦋",
  things: "📅 📈 📉 📷 📱 💻 ✏️ 📌 📍 🔔 💡 🎁 🎵 🏠 🚗 ✈️ 🩹 💊 ⚖️ 👟 👕 🎒",
};
