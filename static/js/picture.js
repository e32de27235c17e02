// Small pictures of label configs, from a sprite of the API; css/picture.css colours them.
import { address } from "./api.js";

const SVG = "http://www.w3.org/2000/svg";

export function picture(path) {
  const made = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  made.setAttribute("class", "picture");
  made.setAttribute("aria-hidden", "true");
  use.setAttribute("href", address(path));
  made.append(use);
  return made;
}

export const examplePicture = (name) => picture(`api/gallery/pictures.svg#${name}`);
