"use strict";

const $ = id => document.getElementById(id);

// The menu

fetch("menu").then(answer => answer.json()).then(menu => {
  menu.forEach((drink, i) => {
    const label = document.createElement("label");
    label.className = "drink";
    const input = document.createElement("input");
    input.type = "radio";
    input.name = "drink";
    input.value = drink;
    input.checked = i === 0;
    label.append(input, drink);
    $("drinks").append(label);
  });
});

// An order

$("order").addEventListener("submit", async event => {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button");
  button.disabled = true;
  say("", false);
  try {
    const answer = await fetch("orders", {
      method: "POST",
      headers: {"Content-Type": "application/json"},
      body: JSON.stringify({
        name: form.name.value.trim(), drink: form.drink.value, cups: Number(form.cups.value)
      })
    });
    const body = await answer.json();
    if (answer.ok) {
      say(`Order ${body.number}: ${money(body.price)}. Thank you, ${body.name}.`, false);
    } else {
      say(body.detail, true);
    }
  } catch (e) {
    say("The bar doesn't answer; is the program still running?", true);
  } finally {
    button.disabled = false;
  }
});

function say(text, wrong) {
  $("answer").textContent = text;
  $("answer").className = wrong ? "wrong" : "";
}

function money(cents) {
  return "€ " + (cents / 100).toFixed(2);
}

// The feed

const feed = new EventSource("feed");
feed.onopen = () => { $("live").className = "dot on"; $("live").title = "live"; };
feed.onerror = () => { $("live").className = "dot"; $("live").title = "not connected"; };
feed.onmessage = message => {
  const {totals, progress} = JSON.parse(message.data);
  progress.forEach(show);
  $("orders").textContent = totals.orders;
  $("served").textContent = totals.served;
  $("takings").textContent = money(totals.takings);
};

function show({order, state, percent}) {
  let item = $("order-" + order.number);
  if (!item) {
    $("feed").querySelector(".nothing")?.remove();
    item = document.createElement("li");
    item.id = "order-" + order.number;
    for (const part of ["number", "what", "state"]) {
      const span = document.createElement("span");
      span.className = part;
      item.append(span);
    }
    const bar = document.createElement("span");
    bar.className = "bar";
    bar.append(document.createElement("i"));
    item.append(bar);
    item.querySelector(".number").textContent = "#" + order.number;
    item.querySelector(".what").textContent =
      (order.cups > 1 ? order.cups + " × " : "") + order.drink + " for " + order.name;
    $("feed").prepend(item);
    while ($("feed").children.length > 30) {
      $("feed").lastChild.remove();
    }
  }
  item.querySelector(".state").textContent = state;
  item.querySelector("i").style.width = percent + "%";
  item.className = state === "ready" ? "ready" : "";
}

// The tasks

const tasks = new EventSource("tasks");
tasks.onmessage = message => {
  const roots = JSON.parse(message.data);
  const tree = document.createElement("div");
  let count = 0;
  const add = (parent, node) => {
    count++;
    const line = document.createElement("div");
    line.className = "task " + kind(node.name);
    line.setAttribute("role", "treeitem");
    line.append(node.name);
    const doing = document.createElement("span");
    doing.className = "doing";
    doing.textContent = node.at ? "  " + node.at : "";
    line.append(doing);
    parent.append(line);
    if (node.awaits.length) {
      const group = document.createElement("div");
      group.setAttribute("role", "group");
      node.awaits.forEach(child => add(group, child));
      parent.append(group);
    }
  };
  roots.forEach(root => add(tree, root));
  $("tree").replaceChildren(...tree.childNodes);
  $("tasks").textContent = count;
};

function kind(name) {
  return name.startsWith("order") ? "order" : name.startsWith("GET") ? "stream" : "";
}
