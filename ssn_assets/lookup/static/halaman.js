"use strict";
// The only script of the page: lets the phone keep the offline notice. Everything works without it.
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => {});
