"use strict";
// Offline notice and its looks only. No answer, nothing typed and nothing asked is ever kept.
const NAME = "cek-bansos-VERSION";
const SHELL = ["/luring"].concat("FILES");
addEventListener("install", (event) => event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(SHELL)).then(() => skipWaiting())));
addEventListener("activate", (event) =>
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name !== NAME).map((name) => caches.delete(name)))).then(() => clients.claim())));
addEventListener("fetch", (event) => {
  const request = event.request;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match("/luring")));
  else if (request.method === "GET" && SHELL.includes(new URL(request.url).pathname))
    event.respondWith(fetch(request).catch(() => caches.match(request)));
});
