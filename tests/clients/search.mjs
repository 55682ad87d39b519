// The JavaScript SDK, unmodified, with a command of our own for an operation that it does not know yet: the SDK encodes,
// signs, sends, repeats and decodes it as its own. Prints the pages of the question in QUESTION, and a refusal, as JSON.
// NODE_MODULES: the folder with @aws-sdk/client-partnercentral-selling.
import { createRequire } from "node:module";

const require = createRequire(`${process.env.NODE_MODULES}/`);
const { $Command, ListOpportunitiesCommand, PartnerCentralSellingClient, ValidationException } = require(
  "@aws-sdk/client-partnercentral-selling",
);
const { getEndpointPlugin } = require("@smithy/core/endpoints");

const TEXT = 0, NUMBER = 1, DOCUMENT = 15;
const MODEL = "com.amazonaws.partnercentralselling";
const request = [
  3, MODEL, "SearchOpportunitiesRequest", 0,
  ["Catalog", "MaxResults", "NextToken", "Keyword", "Filter", "Sort"],
  [TEXT, NUMBER, TEXT, TEXT, DOCUMENT, DOCUMENT],
];
const response = [
  3, MODEL, "SearchOpportunitiesResponse", 0,
  ["OpportunitySearchSummaries", "NextToken"],
  [DOCUMENT, TEXT],
];
const SearchOpportunitiesCommand = $Command.classBuilder()
  .ep(ListOpportunitiesCommand.getEndpointParameterInstructions())
  .m((command, _, config) => [getEndpointPlugin(config, command.getEndpointParameterInstructions())])
  .s("AWSPartnerCentralSelling", "SearchOpportunities")
  .n("PartnerCentralSellingClient", "SearchOpportunitiesCommand")
  .sc([9, MODEL, "SearchOpportunities", 0, () => request, () => response])
  .build();

const client = new PartnerCentralSellingClient({});
const saw = { pages: [] };
let NextToken;
do {
  const page = await client.send(new SearchOpportunitiesCommand({ ...JSON.parse(process.env.QUESTION), NextToken }));
  saw.pages.push(page.OpportunitySearchSummaries);
  NextToken = page.NextToken;
} while (NextToken);

try {
  await client.send(new SearchOpportunitiesCommand({ Catalog: "Sandbox", Filter: {} }));
} catch (error) {
  saw.refused = error instanceof ValidationException &&
    { entries: error.ErrorList.map((entry) => `${entry.FieldName} ${entry.Code}`), attempts: error.$metadata.attempts };
}
console.log(JSON.stringify(saw));
