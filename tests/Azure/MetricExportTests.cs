using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using Serverless.AzureHead;

namespace Serverless.Tests.AzureHead;

public class MetricExportTests
{
    [Theory]
    [InlineData("InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=http://127.0.0.1:9/", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Metrics_are_sent_when_there_is_somewhere_to_send_them(string? connection, bool sent)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(MetricExport.Setting, connection)]).Build();
        var services = new ServiceCollection().AddMetricExport(configuration);

        // Not built: the exporter would report its own start to the outside.
        Assert.Equal(sent, services.Any(service => service.ServiceType == typeof(MeterProvider)));
    }
}
