import { EcrLifecyclePolicy } from "@cdktf/provider-aws/lib/ecr-lifecycle-policy/index.js";
import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository/index.js";
import type { StageScope } from "../stage-scope.ts";

/** The container repositories that activities push to. */
export function createImageRepositories({ stack, stage, pipeline, names }: StageScope): void {
  const declared = new Set(pipeline.activities.flatMap(({ access }) => access?.imageRepositories ?? []));
  for (const name of declared) {
    const id = `images_${name.replaceAll(/[^A-Za-z0-9]+/g, "_")}`;
    const repository = new EcrRepository(stack, id, {
      name: names.imageRepository(name),
      forceDelete: stage.disposable,
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: [{ encryptionType: "AES256" }],
    });
    new EcrLifecyclePolicy(stack, `${id}_lifecycle`, {
      repository: repository.name,
      policy: JSON.stringify({
        rules: [
          {
            rulePriority: 1,
            description: "Images are kept as long as what was built with them",
            selection: {
              tagStatus: "any",
              countType: "sinceImagePushed",
              countUnit: "days",
              countNumber: stage.retention.scratchDays,
            },
            action: { type: "expire" },
          },
        ],
      }),
    });
  }
}
