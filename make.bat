@echo off
rem The targets of the Makefile, on Windows without make. All logic is in bootstrap.py.
rem
rem   make TARGET [SETTING=value]     (in PowerShell: .\make TARGET ...)
rem   make report
rem   make report OUT=D:\briefing
rem   make report ENV=current         in an activated conda environment
rem
rem Targets: help setup report test test-e2e lab notebooks read template add codebook audit bench pins clean distclean

setlocal
set "PYTHONUTF8=1"
set "HZ_ENV=%ENV%"

rem cmd splits SETTING=value at the equals sign; the arguments as typed stay in %*.
:scan
if "%~1"=="" goto scanned
if /i "%~1"=="ENV" set "HZ_ENV=%~2"
if /i "%~1"=="PYTHON" set "PYTHON=%~2"
shift /1
goto scan

:scanned
if defined PYTHON goto run_named
set "HZ_CHECK=import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))"
if /i "%HZ_ENV%"=="current" goto any_python

rem A Python in the supported range; else any, so that bootstrap.py can say what is wrong with it.
py -3 -c "%HZ_CHECK%" >nul 2>nul
if not errorlevel 1 goto run_py3
python -c "%HZ_CHECK%" >nul 2>nul
if not errorlevel 1 goto run_python
for %%v in (3.13 3.12 3.14 3.11) do (
    py -%%v -c "" >nul 2>nul
    if not errorlevel 1 (
        set "HZ_VERSION=%%v"
        goto run_py
    )
)
:any_python
python -c "" >nul 2>nul
if not errorlevel 1 goto run_python
py -3 -c "" >nul 2>nul
if not errorlevel 1 goto run_py3

echo.
echo Python was not found. Install Python 3.13 (64-bit) from the Microsoft Store or from the
echo Python web site with "Add python.exe to PATH" ticked, open a new window and try again.
echo In an Anaconda Prompt:  conda activate huzhou  and then  make report ENV=current
echo.
exit /b 1

:run_named
"%PYTHON%" "%~dp0bootstrap.py" %*
exit /b %errorlevel%

:run_py
py -%HZ_VERSION% "%~dp0bootstrap.py" %*
exit /b %errorlevel%

:run_py3
py -3 "%~dp0bootstrap.py" %*
exit /b %errorlevel%

:run_python
python "%~dp0bootstrap.py" %*
exit /b %errorlevel%
