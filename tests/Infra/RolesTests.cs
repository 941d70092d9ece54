namespace Serverless.Tests.Infra;

public class RolesTests
{
    [Fact]
    public void Every_service_that_the_code_calls_has_its_row_in_the_matrix() =>
        Assert.Equal(RolePolicies.Services.Order(StringComparer.Ordinal), AppCalls.Services.Order(StringComparer.Ordinal));

    // HTTP issues ids of messages, and requests that were put off are carried out by their own queue's instances.
    [Fact]
    public void Scale_groups_that_issue_ids_are_told_from_the_code() =>
        Assert.Equal(["HTTP", "replays-run"], IssuingGroups.OfTheApp);
}
