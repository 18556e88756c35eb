// Notes, inside the page, what a person would see of a transcript and when. Times are ms since the epoch.
(() => {
  if (window.recorder) return;
  const now = () => performance.timeOrigin + performance.now();
  const log = () => document.querySelector("[role=log]");
  // After the frame that is being made now has been drawn.
  const afterPaint = (work) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = work;
      port2.postMessage(0);
    });

  /**
   * Places in the transcript's view where no row is drawn. By geometry, not by hit testing: the virtual list takes
   * no pointer while it scrolls.
   */
  const blanks = () => {
    const view = log();
    if (!view) return PLACES.length;
    const box = view.getBoundingClientRect();
    const rows = [...(view.firstElementChild?.children ?? [])]
      .filter((row) => row.style.visibility !== "hidden")
      .map((row) => row.getBoundingClientRect());
    return PLACES.filter((share) => {
      const y = box.top + box.height * share;
      return !rows.some((row) => row.top <= y && row.bottom >= y);
    }).length;
  };
  const PLACES = [0.02, 0.25, 0.5, 0.75, 0.98];

  const recorder = {
    now,
    frames: [],
    isCounting: false,
    /** Notes the length of each frame from now on. */
    countFrames() {
      this.frames = [];
      this.isCounting = true;
      let before = performance.now();
      const frame = () => {
        if (!recorder.isCounting) return;
        const at = performance.now();
        recorder.frames.push(at - before);
        before = at;
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    },
    stopFrames() {
      this.isCounting = false;
      return this.frames.slice(1);
    },
    /** The text of the newest answer. */
    newest() {
      const all = log()?.querySelectorAll(".markdown") ?? [];
      return all.length > 0 ? all[all.length - 1].textContent : "";
    },
    /** Calls `look` after each change of the page; once it gives something, notes it and when it was painted. */
    when(name, look) {
      this[name] = null;
      let isDone = false;
      const check = () => {
        const found = isDone ? null : look();
        if (found === null || found === undefined || found === false) return;
        isDone = true;
        observer.disconnect();
        const at = now();
        afterPaint(() => {
          recorder[name] = { found, at, painted: now() };
        });
      };
      const observer = new MutationObserver(check);
      observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
      check();
    },
    /** Notes when each `#N` of an answer that counts was painted. */
    counts() {
      this.painted = {};
      let next = 1;
      let inDom = 0;
      let isWaiting = false;
      const check = () => {
        const text = recorder.newest();
        const last = Number(/^#(\d+)/.exec(text.slice(text.lastIndexOf("#")))?.[1] ?? 0);
        if (last <= inDom) return;
        inDom = last;
        if (isWaiting) return;
        isWaiting = true;
        requestAnimationFrame(() => {
          isWaiting = false;
          const shown = inDom;
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => {
            const at = now();
            for (; next <= shown; next += 1) recorder.painted[next] = at;
          };
          port2.postMessage(0);
        });
      };
      new MutationObserver(check).observe(document.body, { subtree: true, childList: true, characterData: true });
    },
    /** Notes when the person clicks next. */
    click() {
      this.clicked = null;
      document.addEventListener(
        "click",
        () => {
          recorder.clicked = now();
        },
        { capture: true, once: true },
      );
    },
    /** Whether this text is in sight inside the transcript. */
    isInSight(text) {
      const view = log();
      if (!view) return false;
      const box = view.getBoundingClientRect();
      for (const element of view.querySelectorAll("p, article")) {
        if (!element.textContent.includes(text)) continue;
        const own = element.getBoundingClientRect();
        if (own.height > 0 && own.bottom > box.top && own.top < box.bottom) return true;
      }
      return false;
    },
    /** Scrolls up by `step` px a frame until `text` is in sight, and looks after each frame whether something is blank. */
    scrollUpTo(text, step) {
      const walk = { frames: 0, blank: 0, worst: 0, atRest: 0, isDone: false, began: now(), ended: null };
      this.walk = walk;
      this.countFrames();
      const frame = () => {
        const view = log();
        if (!view) return;
        // Judged as it was painted, before this frame moves it.
        const count = blanks();
        walk.frames += 1;
        if (count > 0) walk.blank += 1;
        walk.worst = Math.max(walk.worst, count);
        if (view.scrollTop <= 0 && view.textContent.includes(text)) {
          walk.isDone = true;
          walk.ended = now();
          walk.lengths = recorder.stopFrames();
          return;
        }
        // The wheel says that it is the person who goes up; by script alone nothing scrolls by it.
        view.dispatchEvent(new WheelEvent("wheel", { deltaY: -step, bubbles: true }));
        view.scrollTop -= step;
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    },
    blanks,
    afterPaint,
  };
  window.recorder = recorder;
})();
