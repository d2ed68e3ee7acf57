// The player of the layer. The page holds it as it stands at first. Its script is loaded once a reader
// does something, or asks for another layer, and it is near.

const NEAR = "50% 0px"; // of the height of the window
const MOVES = ["pointermove", "pointerdown", "keydown", "focusin", "scroll"];

/** @param {import("./answer.js").Answer} answer */
const keyOf = ({ layer, layout, shapes, lengths }) => `${[layer, layout, shapes.input, lengths]}`;

/**
 * Keep what a reader presses before the player is awake.
 *
 * @param {HTMLElement} place
 * @returns {(player: ReturnType<typeof import("../player/player.js").mount>) => void} presses it again
 */
const keepClick = (place) => {
  /** @type {MouseEvent | undefined} */
  let kept;
  /** @param {MouseEvent} event */
  const keep = (event) => {
    kept = event;
  };
  place.addEventListener("click", keep);
  return (player) => {
    place.removeEventListener("click", keep);
    const button = /** @type {Element | undefined} */ (kept?.target)?.closest("button");
    if (button) button.click();
    else if (kept) player.click(kept);
  };
};

/**
 * @param {HTMLElement} place
 * @param {import("./answer.js").Rules} rules
 * @returns what shows another layer, and what lights the cells of a tensor or of a row of a state
 */
export const addPlayer = (place, rules) => {
  /** @type {ReturnType<typeof import("../player/player.js").mount> | undefined} */
  let player;
  /** @type {import("./answer.js").Answer} */
  let shown;
  /** @type {{ tensor?: string, row?: bigint }} */
  let wanted = {};

  const pressAgain = keepClick(place);
  const relight = () => {
    const { tensor, row } = player.state.lit ?? {};
    if (tensor !== wanted.tensor || row !== wanted.row) player.light(wanted.tensor, wanted.row);
  };
  const observer = new IntersectionObserver(
    async (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      const { mount } = await import("../player/player.js");
      player = mount(place, shown, rules);
      relight();
      pressAgain(player);
    },
    { rootMargin: NEAR },
  );
  const wake = () => {
    for (const move of MOVES) removeEventListener(move, wake, true);
    observer.observe(place);
  };
  for (const move of MOVES) addEventListener(move, wake, true);

  return {
    /** @param {import("./answer.js").Answer} answer - the first one is that of the page */
    update: (answer) => {
      if (shown && keyOf(shown) !== keyOf(answer)) wake();
      shown = answer;
      player?.update(answer);
    },
    /** @param {string} [tensor] @param {string} [row] */
    light: (tensor, row) => {
      wanted = { tensor, row: row === undefined ? undefined : BigInt(row) };
      if (player) relight();
    },
  };
};
