namespace Serverless.Tests.Kv;

/// <summary>Whose credentials a request carries.</summary>
public enum Sender
{
    Service,
    Nobody,
    KeyWithoutSecret,
    WrongSecret,
    ExpiredToken,
    ForeignToken,
    OtherAudience,
    OtherIssuer,
    NoToken,
    UserWithoutRole,
}

/// <summary>One request that must be refused, and how.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path; KEY stands for the test's own key, which holds a value.</param>
/// <param name="Status">The status of the refusal.</param>
/// <param name="Type">The problem's type without its prefix.</param>
public sealed record BadRequest(string Method, string Path, int Status, string Type)
{
    public Sender Sender { get; init; } = Sender.Service;

    /// <summary>A header beside the credentials. OTHER stands for the token of another key, OWN for that of this key, CUT for the same without its end.</summary>
    public (string Name, string Value)? Header { get; init; }

    public override string ToString() => $"{Method} {(Path.Length > 40 ? Path[..40] + "…" : Path)} {Sender} {Header?.Name} → {Status} {Type}";

    public static IEnumerable<BadRequest> All()
    {
        foreach (var method in new[] { "GET", "PUT", "DELETE" })
        {
            yield return new(method, $"api/kv/{new string('k', 257)}", 400, "bad-key");
            foreach (var key in new[] { "~", "~!", "~a", "~_w", "~aa%2Fa", "~YWJj%20" })
                yield return new(method, $"api/kv/{key}", 400, "bad-key");
            foreach (var token in new[] { "garbage", "", "AQ", new string('A', 20_000), "OTHER", "CUT" })
                yield return new(method, "KEY", 400, "bad-causality") { Header = (KvClient.Causality, token) };
            foreach (var sender in new[] { Sender.Nobody, Sender.KeyWithoutSecret, Sender.WrongSecret, Sender.ExpiredToken, Sender.ForeignToken, Sender.OtherAudience, Sender.OtherIssuer, Sender.NoToken })
                yield return new(method, "KEY", 401, "unauthenticated") { Sender = sender };
            yield return new(method, "KEY", 403, "forbidden") { Sender = Sender.UserWithoutRole };
            yield return new(method, "KEY?consistency=linear", 400, "bad-consistency");
            yield return new(method, "KEY?consistency=", 400, "bad-consistency");
            foreach (var eventual in new[] { "r=2", "w=2", "sloppy=true" })
                yield return new(method, $"KEY?consistency=strict&{eventual}", 400, "bad-quorum");
        }

        foreach (var quorum in new[] { "0", "4", "-1", "two", "", "99999999999", "1&w=3", "2.0", "%2B2" })
        {
            yield return new("PUT", $"KEY?w={quorum}", 400, "bad-quorum");
            yield return new("DELETE", $"KEY?w={quorum}", 400, "bad-quorum");
            yield return new("GET", $"KEY?r={quorum.Replace('w', 'r')}", 400, "bad-quorum");
        }

        foreach (var method in new[] { "GET", "PUT", "DELETE" })
        {
            yield return new(method, "KEY?sloppy=perhaps", 400, "bad-quorum");
            yield return new(method, "KEY?sloppy=", 400, "bad-quorum");
        }

        foreach (var method in new[] { "PUT", "DELETE" })
        {
            yield return new(method, "KEY", 412, "precondition-failed") { Header = ("If-Match", "\"tag\"") };
            yield return new(method, "KEY", 412, "precondition-failed") { Header = ("If-Match", "\"tag\", \"other\"") };
            yield return new(method, "KEY", 412, "precondition-failed") { Header = ("If-None-Match", "*") };
            yield return new(method, "KEY", 400, "bad-condition") { Header = ("If-Match", "tag") };
            yield return new(method, "KEY", 400, "bad-condition") { Header = ("If-None-Match", "\"tag") };
            yield return new(method, "KEY?consistency=eventual", 400, "bad-consistency") { Header = ("If-None-Match", "*") };
            yield return new(method, "KEY?w=2", 400, "bad-quorum") { Header = ("If-Match", "*") };
            yield return new(method, "KEY?consistency=strict", 400, "bad-condition") { Header = (KvClient.Causality, "OWN") };
        }

        yield return new("PUT", "KEY", 400, "bad-content-type") { Header = ("Content-Type", $"text/plain;x={new string('y', 243)}") };
        yield return new("GET", "api/nothing", 404, "not-found");
        yield return new("GET", "api/kv/a/b/c", 404, "not-found");
        yield return new("PUT", "KEY/placement", 405, "method-not-allowed");
        yield return new("POST", "KEY", 405, "method-not-allowed");
        yield return new("PATCH", "KEY", 405, "method-not-allowed") { Sender = Sender.Nobody };
    }
}
