// The JavaScript SDK, unmodified: walks one pipeline and prints what it saw as JSON.
// NODE_MODULES: the folder with @aws-sdk/client-partnercentral-selling. Everything else is the SDK's own configuration.
import { createRequire } from "node:module";

const {
  CreateOpportunityCommand,
  GetOpportunityCommand,
  ListOpportunitiesCommand,
  PartnerCentralSellingClient,
  ResourceNotFoundException,
  UpdateOpportunityCommand,
  ValidationException,
  paginateListOpportunities,
} = createRequire(`${process.env.NODE_MODULES}/`)("@aws-sdk/client-partnercentral-selling");

const client = new PartnerCentralSellingClient({});
const saw = {};

const errorOf = async (command) => {
  try {
    await client.send(command);
  } catch (error) {
    return error;
  }
  throw new Error("it was not refused");
};

const deal = (CompanyName) => ({
  Customer: {
    Account: {
      CompanyName,
      Industry: "Retail",
      WebsiteUrl: "https://hunters.example.com",
      Address: { CountryCode: "DE", PostalCode: "28195" },
    },
  },
  Project: {
    Title: "Nest cameras",
    CustomerBusinessProblem: "Cameras fill their disks, and nobody looks.",
    ExpectedCustomerSpend: [
      { Amount: "900", CurrencyCode: "EUR", Frequency: "Monthly", TargetCompany: "AWS" },
    ],
  },
  Marketing: { Source: "None" },
  LifeCycle: { Stage: "Prospect", TargetCloseDate: "2099-12-31" },
});

saw.pages = [];
for await (const page of paginateListOpportunities(
  { client, pageSize: 5 },
  { Catalog: "Sandbox", Sort: { SortBy: "Identifier", SortOrder: "ASCENDING" } },
)) {
  saw.pages.push(page.OpportunitySummaries.map((summary) => summary.Id));
}

const created = await client.send(
  new CreateOpportunityCommand({ Catalog: "AWS", ...deal("Jäger & Söhne") }),
);
const updated = await client.send(
  new UpdateOpportunityCommand({
    Catalog: "AWS",
    Identifier: created.Id,
    LastModifiedDate: created.LastModifiedDate,
    ...deal("Jäger & Töchter"),
  }),
);
const got = await client.send(new GetOpportunityCommand({ Catalog: "AWS", Identifier: created.Id }));
const since = await client.send(
  new ListOpportunitiesCommand({
    Catalog: "AWS",
    LastModifiedDate: { AfterLastModifiedDate: updated.LastModifiedDate },
  }),
);
saw.company = got.Customer.Account.CompanyName;
saw.datesAreDates = got.LastModifiedDate instanceof Date && got.CreatedDate instanceof Date;
saw.dateOfUpdate = updated.LastModifiedDate.getTime();
saw.dateOfGet = got.LastModifiedDate.getTime();
saw.sinceUpdate = since.OpportunitySummaries.map((summary) => summary.Id).includes(created.Id);

const invalid = await errorOf(
  new ListOpportunitiesCommand({ Catalog: "Sandbox", MaxResults: 101, LifeCycleStage: ["Won"] }),
);
saw.invalid = {
  isValidationException: invalid instanceof ValidationException,
  reason: invalid.Reason,
  entries: invalid.ErrorList.map((entry) => `${entry.FieldName} ${entry.Code}`).sort(),
  attempts: invalid.$metadata.attempts,
};
const missing = await errorOf(new GetOpportunityCommand({ Catalog: "Sandbox", Identifier: "O9" }));
saw.missing = missing instanceof ResourceNotFoundException && missing.message.length > 0;

console.log(JSON.stringify(saw));
