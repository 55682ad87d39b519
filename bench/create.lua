-- CreateOpportunity for wrk, each with a ClientToken of its own; run and access key come from the environment. With
-- BENCH_ACCOUNTS, so many accounts take turns.
local run = os.getenv("BENCH_RUN")
local accounts = tonumber(os.getenv("BENCH_ACCOUNTS") or "0")
local number = 0
local headers = {
  ["Content-Type"] = "application/x-amz-json-1.0",
  ["X-Amz-Target"] = "AWSPartnerCentralSelling.CreateOpportunity",
}

local function signed_by(key)
  headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=" .. key
    .. "/20260101/us-east-1/partnercentral-selling/aws4_request, SignedHeaders=host, Signature=" .. string.rep("0", 64)
end

signed_by(os.getenv("BENCH_KEY"))

function request()
  number = number + 1
  if accounts > 0 then
    signed_by(string.format("%012d", number % accounts + 1))
  end
  local body = '{"Catalog":"Sandbox","ClientToken":"' .. run .. "-" .. number .. '","Customer":{"Account":{'
    .. '"CompanyName":"Blue Heron Consulting","Industry":"Aerospace","WebsiteUrl":"https://example.com",'
    .. '"Address":{"CountryCode":"DE","City":"Bremen","PostalCode":"28195"}}},'
    .. '"LifeCycle":{"Stage":"Prospect","TargetCloseDate":"2030-01-31"},"PrimaryNeedsFromAws":["Co-Sell - Deal Support"],'
    .. '"Project":{"Title":"Move to the cloud",'
    .. '"ExpectedCustomerSpend":[{"Amount":"1000","CurrencyCode":"USD","Frequency":"Monthly","TargetCompany":"AWS"}],"CustomerBusinessProblem":"' .. string.rep("Too slow. ", 20) .. '"}}'
  return wrk.format("POST", "/", headers, body)
end
