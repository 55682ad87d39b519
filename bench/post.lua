-- A POST of AWS JSON for wrk; service, target, access key and body come from the environment.
wrk.method = "POST"
wrk.body = os.getenv("BENCH_BODY")
wrk.headers["Content-Type"] = "application/x-amz-json-1.0"
wrk.headers["X-Amz-Target"] = os.getenv("BENCH_TARGET")
wrk.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=" .. os.getenv("BENCH_KEY")
  .. "/20260101/us-east-1/" .. os.getenv("BENCH_SERVICE") .. "/aws4_request, SignedHeaders=host, Signature=" .. string.rep("0", 64)
