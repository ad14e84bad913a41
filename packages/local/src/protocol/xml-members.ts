import type { ApiModel, ModelType } from "./api-model.ts";
import type { XmlElement } from "./read-xml.ts";
import { malformedXml } from "./xml.ts";

/** An element as the structure that it stands for; elements that the structure does not have stay, for the check to find. */
export function xmlMembers(element: XmlElement, structure: string, model: ApiModel): unknown {
  if (typeof element === "string") return element.trim() === "" ? {} : element;
  const members = model.structures.get(structure) ?? [];
  return Object.fromEntries(
    Object.entries(element).map(([name, [child = "", ...more]]) => {
      if (more.length > 0) throw malformedXml();
      const type = members.find((member) => member.name === name)?.type;
      return [name, type === undefined ? child : xmlValue(child, type, model)];
    }),
  );
}

function xmlValue(element: XmlElement, type: ModelType, model: ApiModel): unknown {
  switch (type.is) {
    case "structure":
      return xmlMembers(element, type.structure, model);
    case "list": {
      if (typeof element === "string") return element.trim() === "" ? [] : element;
      const { [type.element ?? "member"]: items = [], ...others } = element;
      if (Object.keys(others).length > 0) throw malformedXml();
      return items.map((item) => xmlValue(item, type.of, model));
    }
    default:
      return element;
  }
}
