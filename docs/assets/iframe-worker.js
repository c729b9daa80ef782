// A browser gives pages that were opened from a folder no workers, and the search wants one: a hidden frame serves instead.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(address) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.append(frame);
      const inside = frame.contentWindow;
      const load = (source) => new Promise((resolve, reject) => {
        const script = inside.document.createElement("script");
        Object.assign(script, { src: source, onload: resolve, onerror: reject });
        inside.document.body.append(script);
      });
      const tell = (target, data) => setTimeout(() => target.dispatchEvent(new MessageEvent("message", { data })));
      inside.importScripts = (...sources) => sources.reduce((before, source) => before.then(() => load(source)), Promise.resolve());
      inside.postMessage = (data) => tell(this, data);
      this.ready = load(address);
      this.inside = inside;
      this.tell = tell;
    }

    postMessage(data) {
      this.ready.then(() => this.tell(this.inside, data));
    }

    terminate() {
      this.inside.frameElement.remove();
    }
  };
}
