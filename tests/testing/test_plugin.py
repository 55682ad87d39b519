"""The pytest plugin, as a project finds it that has installed cosell: fixtures, markers, and a report that helps."""

import subprocess
import sys

import pytest

import cosell.testing.marked  # noqa: F401  # loaded here, so that no run in this process does it again

HEAVY = ("apsw", "boto3", "botocore", "click", "cosell.engine", "cosell.wire.model", "granian", "msgspec", "starlette")


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    options = "--strict-markers -p no:cacheprovider -p no:randomly -p no:playwright"
    pytester.makeini(f"[pytest]\naddopts = {options}\nfilterwarnings = error")
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """A run of the project's tests in this process, which has loaded already what takes long."""
    return project.runpytest_inprocess(*arguments)


def run_alone(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """A run in a process of its own."""
    return project.runpytest_subprocess(*arguments, timeout=240)


def test_a_test_takes_five_lines(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        def test_a_deal_is_announced(partnercentral, cosell):
            deal = cosell.opportunities.create("Acme")
            partnercentral.submit_opportunity(
                Catalog="Sandbox", Identifier=deal, InvolvementType="Co-Sell", Visibility="Full"
            )
            cosell.review.approve(deal)
            cosell.events.assert_sent("Opportunity Updated", identifier=deal)
        """
    )
    run_alone(project).assert_outcomes(passed=1)


def test_each_test_has_an_engine_of_its_own_whatever_the_order(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("number", range(6))
        def test_alone(number, cosell, partnercentral):
            assert not partnercentral.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"]
            cosell.faults.add(error="ThrottlingException", operation="GetOpportunity")
            cosell.opportunities.create()
            assert (len(cosell.opportunities), len(cosell.events), len(cosell.requests)) == (1, 1, 1)
        """
    )
    run(project).assert_outcomes(passed=6)
    run_alone(project, "-p", "randomly", "-n", "2").assert_outcomes(passed=6)


def test_markers_say_what_a_test_begins_with_and_the_nearest_wins(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        from datetime import UTC, datetime

        import pytest

        pytestmark = pytest.mark.cosell(account="111122223333", seed=2, clock=datetime(2026, 5, 4, 9, tzinfo=UTC))

        def test_the_module(cosell):
            assert (cosell.account, len(cosell.opportunities)) == ("111122223333", 2)
            assert cosell.clock.now == datetime(2026, 5, 4, 9, tzinfo=UTC)

        @pytest.mark.cosell(seed=3, catalog="AWS")
        class TestTheClass:
            def test_itself(self, cosell):
                assert (cosell.account, cosell.catalog, len(cosell.opportunities)) == ("111122223333", "AWS", 3)

            @pytest.mark.cosell(seed=0, drafts=True, faults=[{"error": "ThrottlingException", "count": 1}])
            def test_the_function(self, partnercentral, cosell):
                partnercentral.create_opportunity(Catalog="AWS", ClientToken="a draft")
                assert [request.error for request in cosell.requests] == ["ThrottlingException", None]
        """
    )
    run(project).assert_outcomes(passed=3)


def test_a_server_begins_with_what_the_markers_say(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        from datetime import UTC, datetime

        import pytest

        @pytest.mark.cosell(
            account="111122223333",
            seed=2,
            clock=datetime(2026, 5, 4, 9, tzinfo=UTC),
            faults=[{"error": "ThrottlingException", "message": "so, no", "count": 1}],
            workers=2,
            db="pipeline.db",
        )
        def test_served(cosell_server, tmp_path, monkeypatch):
            client = cosell_server.client()
            assert len(client.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"]) == 2
            assert cosell_server.environment["AWS_ACCESS_KEY_ID"] == "111122223333"
        """
    )
    run(project).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("marker", "told"),
    [
        ("cosell(sed=2)", "there is no option sed; did you mean seed?"),
        ("cosell(workers=2)", "there is no option workers; "),
        ("cosell(account='12')", "account: 12 is not an account"),
        ("cosell(clock='slow')", "'slow' is not a clock"),
        ("cosell(seed='many')", "seed is how many opportunities there are, not 'many'"),
        ("cosell(faults=[{'eror': 'x'}])", "it has no eror; did you mean error?"),
        ("cosell(10)", "takes its options by their names"),
    ],
)
def test_a_wrong_marker_is_refused_in_a_line(project: pytest.Pytester, marker: str, told: str) -> None:
    project.makepyfile(
        f"""
        import pytest

        @pytest.mark.{marker}
        def test_never(cosell):
            pass
        """
    )
    result = run(project)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*@pytest.mark.cosell*{told.replace('[', '[[]')}*"])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*During handling*")


def test_a_wrong_marker_of_a_server_is_refused_in_a_line(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.mark.cosell(wrokers=2)
        def test_never(cosell_server):
            pass
        """
    )
    result = run(project)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*@pytest.mark.cosell: there is no option wrokers; did you mean workers?*"])


def test_the_marker_is_registered_and_explained(project: pytest.Pytester) -> None:
    run(project, "--markers").stdout.fnmatch_lines(["@pytest.mark.cosell(account, catalog, seed, *"])
    run(project, "--fixtures").stdout.fnmatch_lines(["cosell --*", "*fresh for each test*", "partnercentral --*"])


def test_the_last_calls_of_a_test_that_fails_stand_in_its_report(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import cosell as package
        import pytest

        def test_fails(partnercentral):
            partnercentral.list_opportunities(Catalog="Sandbox")
            deal = package.example_opportunity("Secretive Ltd", LifeCycle={"Stage": "Sold"})
            partnercentral.create_opportunity(Catalog="Sandbox", ClientToken="1", **deal)

        def test_passes(partnercentral):
            partnercentral.list_opportunities(Catalog="Sandbox")

        def test_fails_without_calls(cosell):
            cosell.events.assert_sent("Opportunity Created")

        @pytest.fixture
        def fails_late(partnercentral):
            yield
            partnercentral.get_opportunity(Catalog="Sandbox", Identifier="O7")

        def test_fails_late(fails_late):
            pass
        """
    )
    result = run(project)
    result.assert_outcomes(failed=2, passed=2, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*-- cosell: the last of 1 calls --*",
            "GetOpportunity as 000000000000: 400 ResourceNotFoundException",
            "*-- cosell: the last of 2 calls --*",
            "ListOpportunities as 000000000000: 200",
            "CreateOpportunity as 000000000000: 400 ValidationException",
            "    LifeCycle.Stage INVALID_ENUM_VALUE: *",
            "*no Opportunity Created was sent; nothing was sent*",
        ]
    )
    result.stdout.no_fnmatch_line("*testing/events.py*")
    assert result.stdout.str().count("-- cosell: ") == 2
    reported = result.stdout.str().partition("-- cosell: the last of 2 calls")[2]
    assert "Secretive" not in reported


def test_nothing_heavy_is_loaded_before_a_fixture_is_used(project: pytest.Pytester) -> None:
    project.makepyfile(
        f"""
        import sys

        def test_first():
            assert "cosell.testing.pytest_plugin" in sys.modules
            assert [name for name in {HEAVY!r} if name in sys.modules] == []

        def test_then(partnercentral):
            assert "boto3" in sys.modules
        """
    )
    # hypothesis and others have plugins of their own, which load what they like
    result = run_alone(project, "-p", "no:hypothesispytest", "-p", "no:anyio", "-p", "no:sybil")
    result.assert_outcomes(passed=2)


def test_loading_the_plugin_loads_nothing_heavy() -> None:
    program = (
        "import sys; before = set(sys.modules); import pytest; tests = set(sys.modules)\n"
        "import cosell.testing.pytest_plugin; print(*sorted(set(sys.modules) - tests))"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert loaded == ["cosell", "cosell.testing", "cosell.testing.pytest_plugin"]


def test_a_test_leaves_nothing_behind(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import os
        import threading
        from pathlib import Path

        import pytest

        def surroundings():
            variables = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
            files = sorted(file.name for file in Path("/proc/self/fd").iterdir())
            return files, threading.enumerate(), variables, sorted(Path.cwd().iterdir())

        @pytest.fixture(scope="module")
        def noted():
            return []

        @pytest.mark.parametrize("turn", range(3))
        def test_uses_all(turn, cosell, partnercentral, cosell_server, request):
            partnercentral.list_opportunities(Catalog="Sandbox")
            cosell_server.client().list_opportunities(Catalog="Sandbox")
            assert turn != 1, "one of them fails"

        @pytest.fixture(autouse=True)
        def compared(noted):
            noted.append(surroundings())
            yield

        def test_nothing_is_left(noted):
            assert noted[1] == noted[2] == noted[3] == surroundings()
        """
    )
    run_alone(project).assert_outcomes(passed=3, failed=1)


def test_an_engine_lives_beside_moto(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import boto3
        import pytest
        from moto import mock_aws

        @pytest.fixture(autouse=True)
        def mocked():
            with mock_aws():
                yield

        def test_both(partnercentral, cosell):
            boto3.client("sqs", region_name="us-east-1").create_queue(QueueName="events")
            deal = cosell.opportunities.create()
            assert partnercentral.get_opportunity(Catalog="Sandbox", Identifier=deal)["Id"] == deal
            assert boto3.client("sqs", region_name="us-east-1").list_queues()["QueueUrls"]
        """
    )
    project.makeini("[pytest]\naddopts = -p no:cacheprovider")
    run_alone(project).assert_outcomes(passed=1)
